#include "hw/mapping/linear_program.hpp"

#include <vector>

namespace springspice::hw {
namespace {

// Entries of the tableau are sums of a few powers of scales, small whole numbers, and ratios of
// their determinants: what is below this is 0.
constexpr double kZero = 1e-10;

// Columns 0 to k - 1 are the multipliers, k to k + n - 1 the artificial variables of the rows, the
// last is the right-hand side. Since the artificial columns start as the identity they stay the
// inverse of the basis.
class Tableau {
 public:
  Tableau(const Eigen::VectorXd& c, const Eigen::MatrixXd& A)
      : rows_(A.cols()), columns_(A.rows()), flip_(Eigen::VectorXd::Ones(A.cols())) {
    table_ = Eigen::MatrixXd::Zero(rows_, columns_ + rows_ + 1);
    for (Eigen::Index r = 0; r < rows_; ++r) {
      flip_(r) = c(r) < 0.0 ? -1.0 : 1.0;
      table_.row(r).head(columns_) = flip_(r) * A.col(r).transpose();
      table_(r, columns_ + r) = 1.0;
      table_(r, columns_ + rows_) = flip_(r) * c(r);
      basis_.push_back(columns_ + r);
    }
  }

  // Minimises cost^T u over columns 0 to k - 1, and over the artificial ones that are in the basis.
  // False where there is no minimum.
  bool minimise(const Eigen::VectorXd& cost) {
    for (;;) {
      const Eigen::Index enters = find_entering(cost);
      if (enters < 0) return true;
      const Eigen::Index leaves = find_leaving(enters);
      if (leaves < 0) return false;
      pivot(leaves, enters);
    }
  }

  // Artificial variables that are left at 0 give their place to a multiplier, so that they stay 0;
  // a row that no multiplier is in says nothing.
  void drive_out_artificial() {
    for (Eigen::Index r = 0; r < rows_; ++r) {
      if (basis_[static_cast<std::size_t>(r)] < columns_) continue;
      for (Eigen::Index q = 0; q < columns_; ++q) {
        if (std::abs(table_(r, q)) <= kZero) continue;
        pivot(r, q);
        break;
      }
    }
  }

  double total(const Eigen::VectorXd& cost) const {
    return basic(cost).dot(table_.col(columns_ + rows_));
  }

  Eigen::VectorXd multipliers() const {
    Eigen::VectorXd u = Eigen::VectorXd::Zero(columns_);
    for (Eigen::Index r = 0; r < rows_; ++r) {
      const Eigen::Index q = basis_[static_cast<std::size_t>(r)];
      if (q < columns_) u(q) = table_(r, columns_ + rows_);
    }
    return u;
  }

  // The dual's dual: cost_B^T B^-1.
  Eigen::VectorXd prices(const Eigen::VectorXd& cost) const {
    return (table_.middleCols(columns_, rows_).transpose() * basic(cost)).cwiseProduct(flip_);
  }

 private:
  Eigen::VectorXd basic(const Eigen::VectorXd& cost) const {
    Eigen::VectorXd of_rows(rows_);
    for (Eigen::Index r = 0; r < rows_; ++r) of_rows(r) = cost(basis_[static_cast<std::size_t>(r)]);
    return of_rows;
  }

  Eigen::Index find_entering(const Eigen::VectorXd& cost) const {
    const Eigen::VectorXd of_rows = basic(cost);
    for (Eigen::Index q = 0; q < columns_; ++q) {
      if (cost(q) - of_rows.dot(table_.col(q)) < -kZero) return q;
    }
    return -1;
  }

  Eigen::Index find_leaving(Eigen::Index enters) const {
    Eigen::Index leaves = -1;
    double least = 0.0;
    for (Eigen::Index r = 0; r < rows_; ++r) {
      if (table_(r, enters) <= kZero) continue;
      const double ratio = table_(r, columns_ + rows_) / table_(r, enters);
      const bool ties =
          leaves >= 0 && ratio == least &&
          basis_[static_cast<std::size_t>(r)] < basis_[static_cast<std::size_t>(leaves)];
      if (leaves >= 0 && ratio >= least && !ties) continue;
      leaves = r;
      least = ratio;
    }
    return leaves;
  }

  void pivot(Eigen::Index r, Eigen::Index q) {
    table_.row(r) /= table_(r, q);
    for (Eigen::Index other = 0; other < rows_; ++other) {
      if (other != r) table_.row(other) -= table_(other, q) * table_.row(r);
    }
    basis_[static_cast<std::size_t>(r)] = q;
  }

  Eigen::Index rows_, columns_;
  Eigen::VectorXd flip_;
  Eigen::MatrixXd table_;
  std::vector<Eigen::Index> basis_;
};

}  // namespace

std::optional<LinearOptimum> maximise(const Eigen::VectorXd& c, const Eigen::MatrixXd& A,
                                      const Eigen::VectorXd& h) {
  const Eigen::Index limits = A.rows();
  Tableau tableau(c, A);
  Eigen::VectorXd artificial = Eigen::VectorXd::Zero(limits + A.cols());
  artificial.tail(A.cols()).setOnes();
  tableau.minimise(artificial);
  if (tableau.total(artificial) > kZero * std::max(1.0, c.cwiseAbs().maxCoeff())) {
    return std::nullopt;
  }
  tableau.drive_out_artificial();
  Eigen::VectorXd cost = Eigen::VectorXd::Zero(limits + A.cols());
  cost.head(limits) = h;
  if (!tableau.minimise(cost)) return std::nullopt;
  return LinearOptimum{tableau.total(cost), tableau.prices(cost), tableau.multipliers()};
}

}  // namespace springspice::hw
